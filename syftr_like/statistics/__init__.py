"""Pure statistics: estimates with intervals, fronts, knees. Knows no Ray, database or MLflow."""
