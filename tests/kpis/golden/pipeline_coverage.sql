SELECT
  "t20"."account",
  "t20"."dimension",
  "t20"."member",
  "t20"."grain",
  "t20"."period",
  "t20"."expected" AS "numerator",
  CASE WHEN "t20"."target" > "t20"."won" THEN "t20"."target" - "t20"."won" ELSE 0 END AS "denominator",
  "t20"."n",
  "t20"."unpriced" AS "doubt"
FROM (
  SELECT
    "t19"."account",
    "t19"."dimension",
    "t19"."member",
    "t19"."grain",
    "t19"."period",
    COALESCE(SUM("t19"."expected"), 0) AS "expected",
    COALESCE(SUM("t19"."n"), 0) AS "n",
    COALESCE(SUM("t19"."unpriced"), 0) AS "unpriced",
    COALESCE(SUM("t19"."won"), 0) AS "won",
    COALESCE(SUM("t19"."target"), 0) AS "target"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t15"."account",
          "t15"."dimension",
          "t15"."member",
          "t15"."grain",
          "t15"."period",
          "t15"."expected",
          "t15"."n",
          "t15"."unpriced",
          CAST(NULL AS DECIMAL(38, 4)) AS "won",
          CAST(NULL AS DECIMAL(38, 4)) AS "target"
        FROM (
          SELECT
            "t11"."account",
            "t11"."dimension",
            "t11"."member",
            "t11"."grain",
            "t11"."period",
            COALESCE(SUM("t11"."home_amount"), 0) AS "expected",
            COALESCE(SUM(CAST("t11"."account" IS NOT NULL AS BIGINT)), 0) AS "n",
            COALESCE(SUM(CAST("t11"."is_unpriced" AS BIGINT)), 0) AS "unpriced"
          FROM (
            SELECT
              "t7"."account",
              "t7"."dimension",
              "t7"."member",
              "t7"."deal",
              "t7"."kind",
              "t7"."customer",
              "t7"."status",
              "t7"."home_amount",
              "t7"."is_unpriced",
              "t7"."probability",
              "t7"."created_on",
              "t7"."created_time",
              "t7"."closed_on",
              "t7"."closed_time",
              "t7"."expected_on",
              "t7"."is_expected",
              "t7"."is_young",
              "t7"."won_early",
              "t7"."won_no",
              "t7"."order_no",
              "t7"."close_us",
              "t7"."velocity_us",
              "t7"."cycle_us",
              "t7"."gap_us",
              "t7"."present",
              "t9"."grain",
              "t9"."period"
            FROM (
              SELECT
                *
              FROM "deals" AS "t1"
              WHERE
                "t1"."status" = 'open'
            ) AS "t7"
            INNER JOIN (
              SELECT
                *
              FROM "calendar" AS "t2"
              WHERE
                "t2"."role" = 'now'
            ) AS "t9"
              ON "t7"."account" = "t9"."account" AND "t7"."expected_on" = "t9"."day"
          ) AS "t11"
          GROUP BY
            1,
            2,
            3,
            4,
            5
        ) AS "t15"
      ) AS "t17"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          "t14"."account",
          "t14"."dimension",
          "t14"."member",
          "t14"."grain",
          "t14"."period",
          CAST(NULL AS DECIMAL(38, 4)) AS "expected",
          CAST(NULL AS BIGINT) AS "n",
          "t14"."unpriced",
          "t14"."won",
          CAST(NULL AS DECIMAL(38, 4)) AS "target"
        FROM (
          SELECT
            "t12"."account",
            "t12"."dimension",
            "t12"."member",
            "t12"."grain",
            "t12"."period",
            COALESCE(SUM("t12"."home_amount"), 0) AS "won",
            COALESCE(SUM(CAST("t12"."is_unpriced" AS BIGINT)), 0) AS "unpriced"
          FROM (
            SELECT
              "t8"."account",
              "t8"."dimension",
              "t8"."member",
              "t8"."deal",
              "t8"."kind",
              "t8"."customer",
              "t8"."status",
              "t8"."home_amount",
              "t8"."is_unpriced",
              "t8"."probability",
              "t8"."created_on",
              "t8"."created_time",
              "t8"."closed_on",
              "t8"."closed_time",
              "t8"."expected_on",
              "t8"."is_expected",
              "t8"."is_young",
              "t8"."won_early",
              "t8"."won_no",
              "t8"."order_no",
              "t8"."close_us",
              "t8"."velocity_us",
              "t8"."cycle_us",
              "t8"."gap_us",
              "t8"."present",
              "t9"."grain",
              "t9"."period"
            FROM (
              SELECT
                *
              FROM "deals" AS "t1"
              WHERE
                "t1"."status" = 'won'
            ) AS "t8"
            INNER JOIN (
              SELECT
                *
              FROM "calendar" AS "t2"
              WHERE
                "t2"."role" = 'now'
            ) AS "t9"
              ON "t8"."account" = "t9"."account" AND "t8"."closed_on" = "t9"."day"
          ) AS "t12"
          GROUP BY
            1,
            2,
            3,
            4,
            5
        ) AS "t14"
      ) AS "t16"
    ) AS "t18"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        "t10"."account",
        "t10"."dimension",
        "t10"."member",
        "t10"."grain",
        "t10"."period",
        CAST(NULL AS DECIMAL(38, 4)) AS "expected",
        CAST(NULL AS BIGINT) AS "n",
        CAST(NULL AS BIGINT) AS "unpriced",
        CAST(NULL AS DECIMAL(38, 4)) AS "won",
        "t10"."target"
      FROM (
        SELECT
          "t3"."account",
          "t3"."dimension",
          "t3"."member",
          "t3"."grain",
          "t3"."period",
          COALESCE(SUM("t3"."target"), 0) AS "target"
        FROM (
          SELECT
            *
          FROM "targets" AS "t0"
          WHERE
            "t0"."kpi" = 'revenue_won'
        ) AS "t3"
        GROUP BY
          1,
          2,
          3,
          4,
          5
      ) AS "t10"
    ) AS "t13"
  ) AS "t19"
  GROUP BY
    1,
    2,
    3,
    4,
    5
) AS "t20"
