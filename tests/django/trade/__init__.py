"""A host's app: companies, people, jobs and quotes in models of its own."""
