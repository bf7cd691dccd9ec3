"""The whole portal on one machine: PostgreSQL, a real Kafka, a mail server and every room, by one command."""
