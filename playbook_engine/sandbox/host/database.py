"""What the demo's database tells of itself at the start: rows of its views, in a file of the host."""

DATA = "var/lib/database.json"
START = {
    "pg_stat_activity": [
        {"pid": 100 + number, "backend_type": "client backend", "state": "idle", "usename": "gymbro"}
        for number in range(3)
    ],
    "pg_stat_statements": [
        {"query": "SELECT * FROM conversations LIMIT $1", "mean_exec_time": 1.8, "mean_time": 1.8, "calls": 4200},
        {"query": "INSERT INTO analytics VALUES ($1, $2)", "mean_exec_time": 0.6, "mean_time": 0.6, "calls": 910},
    ],
}
