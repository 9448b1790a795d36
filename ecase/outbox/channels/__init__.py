"""The ways in which messages travel: each module of this folder registers one channel.

``docs/how-to/add-a-channel.md`` says how another one is made.
"""
