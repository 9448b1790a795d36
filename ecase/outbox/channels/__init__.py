"""Delivery channels of messages: each module of this folder registers one.

``docs/how-to/add-a-channel.md`` describes how to add another.
"""
