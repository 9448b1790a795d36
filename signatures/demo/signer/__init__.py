"""The demo signer: speaks NCALayer's protocol on a loopback WebSocket and signs with the demo authority's keys.

A page cannot tell it from NCALayer but by its address. It signs through pyHanko, which shares no code with our own
verifier or builder. The person is chosen on its own small page, one port above the WebSocket's.
"""
