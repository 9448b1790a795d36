"""PostgreSQL and Valkey from their wheels, if no servers are configured, and the launcher of the demo.

``python -m ecase.embedded run -- COMMAND`` gives COMMAND both servers; ``python -m ecase.embedded demo`` starts all of
ecase. Nothing here imports Django or the service: the launcher only starts processes.
"""
