// What was measured of the record that is open: each KPI with its value and the sentence that explains it.
import { useEffect, useState } from "react";
import { Alert, DescriptionList, DescriptionListItem, EmptyState, Flex, LoadingSpinner, Text, hubspot } from "@hubspot/ui-extensions";
import { ADDRESS } from "./address";

interface Kpi {
  field: string;
  label: string;
  text: string;
  as_of: string | null;
  evidence: string;
  unavailable: string | null;
}

interface Measured {
  timezone: string;
  kpis: Kpi[];
}

type Shown =
  | { state: "loading" }
  | { state: "nothing" }
  | { state: "failed"; why: string }
  | { state: "measured"; measured: Measured };

// HubSpot numbers its object types; ours have names.
const ENTITIES: Record<string, string> = {
  "0-1": "contacts",
  "0-2": "companies",
  "0-3": "deals",
  "0-5": "tickets",
};
const NOT_FOUND = 404;
const TIMEOUT_MS = 10_000;

hubspot.extend<"crm.record.tab">(({ context }) => (
  <KpiCard objectTypeId={context.crm.objectTypeId} objectId={context.crm.objectId} />
));

async function ask(objectTypeId: string, objectId: number): Promise<Shown> {
  const entity = ENTITIES[objectTypeId];
  if (entity === undefined) {
    return { state: "nothing" };
  }
  try {
    const answer = await hubspot.fetch(`${ADDRESS}/api/records/${entity}/${objectId}/kpis`, { method: "GET", timeout: TIMEOUT_MS });
    if (answer.ok) {
      return { state: "measured", measured: (await answer.json()) as Measured };
    }
    return answer.status === NOT_FOUND ? { state: "nothing" } : { state: "failed", why: `${ADDRESS} answered ${answer.status}.` };
  } catch (error) {
    return { state: "failed", why: `${ADDRESS} cannot be reached: ${String(error)}` };
  }
}

function KpiCard({ objectTypeId, objectId }: { objectTypeId: string; objectId: number }) {
  const [shown, setShown] = useState<Shown>({ state: "loading" });

  useEffect(() => {
    let isOpen = true;
    ask(objectTypeId, objectId).then((found) => {
      if (isOpen) {
        setShown(found);
      }
    });
    return () => {
      isOpen = false;
    };
  }, [objectTypeId, objectId]);

  switch (shown.state) {
    case "loading":
      return <LoadingSpinner label="Loading KPIs" />;
    case "failed":
      return (
        <Alert title="The KPIs cannot be shown" variant="warning">
          {shown.why}
        </Alert>
      );
    case "nothing":
      return (
        <EmptyState title="Nothing measured yet" layout="vertical">
          <Text>The numbers of this record come with the next run.</Text>
        </EmptyState>
      );
    case "measured":
      return <Kpis measured={shown.measured} />;
  }
}

function Kpis({ measured }: { measured: Measured }) {
  return (
    <Flex direction="column" gap="small">
      <DescriptionList direction="row">
        {measured.kpis.map((kpi) => (
          <DescriptionListItem key={kpi.field} label={kpi.label}>
            <Text format={{ fontWeight: "demibold" }}>{kpi.text}</Text>
            <Text variant="microcopy">{kpi.unavailable ? `Not available: ${kpi.unavailable}` : kpi.evidence}</Text>
          </DescriptionListItem>
        ))}
      </DescriptionList>
      <Text variant="microcopy">{measuredAt(measured)}</Text>
    </Flex>
  );
}

function measuredAt({ kpis, timezone }: Measured): string {
  const times = kpis.flatMap((kpi) => (kpi.as_of ? [kpi.as_of] : [])).sort();
  const last = times[times.length - 1];
  return last ? `As of ${new Date(last).toLocaleString("en-GB", { timeZone: timezone })} (${timezone}).` : "";
}
