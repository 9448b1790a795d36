"""PostgreSQL and Valkey from their wheels, for whoever has configured no servers, and the launcher of the demo.

``python -m ecase.embedded run -- COMMAND`` gives COMMAND both servers; ``python -m ecase.embedded demo`` starts all of
ecase. Nothing here imports Django or a room of the service: the launcher stands outside and starts processes.
"""
