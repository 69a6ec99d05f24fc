"""QuestionnaireResponses held against their Questionnaires."""
