"""clickhouse-connect with its defaults: a session, lz4, parameters, streams, external data. Prints what it read."""

import json
import os

import clickhouse_connect
from clickhouse_connect.driver.exceptions import DatabaseError
from clickhouse_connect.driver.external import ExternalData

client = clickhouse_connect.get_client(
    host="127.0.0.1", port=int(os.environ["PORT"]), database=os.environ["DATABASE"]
)
client.command("CREATE TABLE t (a UInt64, s String) ENGINE = MergeTree ORDER BY a")
client.insert("t", [[1, "it's"], [2, "b\n"]], column_names=["a", "s"])
client.command("CREATE TEMPORARY TABLE kept AS SELECT 7 AS x")
client.command("SET max_block_size = 1234")
with client.query_rows_stream("SELECT number FROM numbers(200000)") as rows:
    streamed = sum(1 for _ in rows)
external = ExternalData(file_name="e", fmt="CSV", structure="a UInt8", data=b"1\n2\n")
try:
    client.query("SELECT nope")
    code = 0
except DatabaseError as error:
    code = error.code if hasattr(error, "code") else 47 * ("Code: 47" in str(error))
print(
    json.dumps(
        {
            "rows": client.query("SELECT * FROM t ORDER BY a").result_rows,
            "parameter": client.query("SELECT {x:String}", parameters={"x": "a'b"}).result_rows,
            "kept": client.query("SELECT * FROM kept").result_rows,
            "setting": client.query("SELECT getSetting('max_block_size')").result_rows,
            "streamed": streamed,
            "external": client.query("SELECT sum(a) FROM e", external_data=external).result_rows,
            "sessions": client.query("SELECT count() FROM session_outcomes").result_rows,
            "code": code,
        }
    )
)
