SELECT
  "t9"."account",
  "t9"."dimension",
  "t9"."member",
  "t9"."grain",
  "t9"."period",
  "t9"."numerator",
  "t9"."denominator",
  "t9"."n",
  CAST(NULL AS BIGINT) AS "doubt"
FROM (
  SELECT
    "t8"."account",
    "t8"."dimension",
    "t8"."member",
    "t8"."grain",
    "t8"."period",
    COALESCE(SUM("t8"."close_us"), 0) AS "numerator",
    COALESCE(SUM(CAST("t8"."account" IS NOT NULL AS BIGINT)), 0) AS "denominator",
    MAX("t8"."how_many") AS "n"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t6"."account",
        "t6"."dimension",
        "t6"."member",
        "t6"."deal",
        "t6"."kind",
        "t6"."customer",
        "t6"."status",
        "t6"."home_amount",
        "t6"."is_unpriced",
        "t6"."probability",
        "t6"."created_on",
        "t6"."created_time",
        "t6"."closed_on",
        "t6"."closed_time",
        "t6"."expected_on",
        "t6"."is_expected",
        "t6"."is_young",
        "t6"."won_early",
        "t6"."won_no",
        "t6"."order_no",
        "t6"."close_us",
        "t6"."velocity_us",
        "t6"."cycle_us",
        "t6"."gap_us",
        "t6"."present",
        "t6"."grain",
        "t6"."period",
        ROW_NUMBER() OVER (
          PARTITION BY "t6"."account", "t6"."dimension", "t6"."member", "t6"."grain", "t6"."period"
          ORDER BY "t6"."close_us" ASC, "t6"."deal" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "place",
        COUNT("t6"."deal") OVER (
          PARTITION BY "t6"."account", "t6"."dimension", "t6"."member", "t6"."grain", "t6"."period"
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS "how_many"
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
            "t0"."status" = 'won' AND "t0"."kind" <> 'renewal' AND "t0"."close_us" IS NOT NULL
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
    ) AS "t7"
    WHERE
      (
        "t7"."place" * 2
      ) >= (
        "t7"."how_many" - 2
      )
      AND (
        "t7"."place" * 2
      ) <= "t7"."how_many"
  ) AS "t8"
  GROUP BY
    1,
    2,
    3,
    4,
    5
) AS "t9"
