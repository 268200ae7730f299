"""Pages and JSON API without a framework: adapters turn their requests into ours, and our answers into theirs."""
