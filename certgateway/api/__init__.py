"""HTTP in and out: requests become deliveries and questions, outcomes become responses. No rules, no SQL, no lxml."""
