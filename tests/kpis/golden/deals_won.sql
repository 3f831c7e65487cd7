SELECT
  "t7"."account",
  "t7"."dimension",
  "t7"."member",
  "t7"."grain",
  "t7"."period",
  "t7"."n" AS "numerator",
  CAST(NULL AS BIGINT) AS "denominator",
  "t7"."n",
  CAST(NULL AS BIGINT) AS "doubt"
FROM (
  SELECT
    "t6"."account",
    "t6"."dimension",
    "t6"."member",
    "t6"."grain",
    "t6"."period",
    COALESCE(SUM(CAST("t6"."account" IS NOT NULL AS BIGINT)), 0) AS "n"
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
        "t0"."status" = 'won'
    ) AS "t4"
    INNER JOIN (
      SELECT
        *
      FROM "calendar" AS "t1"
      WHERE
        "t1"."role" = 'now'
    ) AS "t5"
      ON "t4"."account" = "t5"."account" AND "t4"."closed_on" = "t5"."day"
  ) AS "t6"
  GROUP BY
    1,
    2,
    3,
    4,
    5
) AS "t7"
