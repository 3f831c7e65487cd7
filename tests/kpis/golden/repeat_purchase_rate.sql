SELECT
  "t8"."account",
  "t8"."dimension",
  "t8"."member",
  "t8"."grain",
  "t8"."period",
  "t8"."numerator",
  "t8"."denominator",
  "t8"."n",
  CAST(NULL AS BIGINT) AS "doubt"
FROM (
  SELECT
    "t7"."account",
    "t7"."dimension",
    "t7"."member",
    "t7"."grain",
    "t7"."period",
    COALESCE(SUM(CAST("t7"."orders" > 1 AS BIGINT)), 0) AS "numerator",
    COALESCE(SUM(CAST("t7"."account" IS NOT NULL AS BIGINT)), 0) AS "denominator",
    COALESCE(SUM(CAST("t7"."account" IS NOT NULL AS BIGINT)), 0) AS "n"
  FROM (
    SELECT
      "t6"."account",
      "t6"."dimension",
      "t6"."member",
      "t6"."grain",
      "t6"."period",
      "t6"."customer",
      SUM(CAST("t6"."account" IS NOT NULL AS BIGINT)) AS "orders"
    FROM (
      SELECT
        "t4"."account",
        "t4"."dimension",
        "t4"."member",
        "t4"."deal",
        "t4"."kind",
        "t4"."customer",
        "t4"."status",
        "t4"."home_amount",
        "t4"."is_unpriced",
        "t4"."probability",
        "t4"."created_on",
        "t4"."created_time",
        "t4"."closed_on",
        "t4"."closed_time",
        "t4"."expected_on",
        "t4"."is_expected",
        "t4"."is_young",
        "t4"."won_early",
        "t4"."won_no",
        "t4"."order_no",
        "t4"."close_us",
        "t4"."velocity_us",
        "t4"."cycle_us",
        "t4"."gap_us",
        "t4"."present",
        "t5"."grain",
        "t5"."period"
      FROM (
        SELECT
          *
        FROM "deals" AS "t0"
        WHERE
          "t0"."status" = 'won' AND "t0"."kind" <> 'renewal' AND "t0"."customer" IS NOT NULL
      ) AS "t4"
      INNER JOIN (
        SELECT
          *
        FROM "calendar" AS "t1"
        WHERE
          "t1"."role" = 'through'
      ) AS "t5"
        ON "t4"."account" = "t5"."account" AND "t4"."closed_on" = "t5"."day"
    ) AS "t6"
    GROUP BY
      1,
      2,
      3,
      4,
      5,
      6
  ) AS "t7"
  GROUP BY
    1,
    2,
    3,
    4,
    5
) AS "t8"
