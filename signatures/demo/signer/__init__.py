"""The demo signer: implements NCALayer's protocol on a loopback WebSocket and signs with the demo authority's keys.

To a page it differs from NCALayer only by its address. It signs with pyHanko, which shares no code with this package's
verifier or builder. The person is chosen on the signer's own page, one port above the WebSocket's.
"""
