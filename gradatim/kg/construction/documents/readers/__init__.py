"""One reader a format. Each writes what it finds into a `Collector`, and imports its library only when it reads."""
