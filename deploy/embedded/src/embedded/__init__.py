"""The whole portal on one machine: a real PostgreSQL, a real Kafka, a mail server and every room, started by one command."""
