"""What may others rely on? JSON Schemas and AsyncAPI documents, generated from the models and committed."""
