"""SQLAlchemy with clickhouse-connect's dialect: tables described, written and read. Prints what it read."""

import json
import os

from sqlalchemy import create_engine, inspect, text

database = os.environ["DATABASE"]
engine = create_engine(f"clickhousedb://default:@127.0.0.1:{os.environ['PORT']}/{database}")
with engine.connect() as connection:
    connection.execute(text("CREATE TABLE s (a UInt64, s String) ENGINE = MergeTree ORDER BY a"))
    connection.execute(text("INSERT INTO s SELECT 1, 'x'"))
    print(
        json.dumps(
            {
                "rows": [list(row) for row in connection.execute(text("SELECT * FROM s"))],
                "columns": [column["name"] for column in inspect(engine).get_columns("s")],
                "has_view": "sessions" in inspect(engine).get_table_names(schema=database),
                "sessions": connection.execute(text(f"SELECT count() FROM {database}.session_outcomes")).scalar(),
            }
        )
    )
