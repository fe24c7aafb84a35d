import type { Output } from '../../../../server/kernel/contract.ts';
import { getChart, getMap, listMaps, listMapsOfOpportunity, placeInChart } from '../../../../server/maps/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { offerUndo, sayError } from '../../ui/undo.tsx';

export type Chart = Output<typeof getChart>;
export type PowerMap = Output<typeof getMap>;

export const chartQuery = (personId: string) => reading(getChart, { personId });
export const refreshChart = () => refresh(getChart);
export const mapsQuery = (organizationId: string) => reading(listMaps, { organizationId });
export const mapsOfOpportunityQuery = (opportunityId: string) => reading(listMapsOfOpportunity, { opportunityId });
export const refreshMaps = () => refresh(listMaps, listMapsOfOpportunity, getMap);

/** What I say of somebody so far; undefined: nothing. */
export const ownWord = (person: Chart['people'][number] | undefined) =>
  person?.statements.find(({ mine, kind }) => mine && kind === 'reports_to');

/** Says to whom somebody reports, at once and with a way back. @param chiefId the organisation: to nobody; null: what I said is taken back */
export async function move(chart: Chart, personId: string, chiefId: string | null, shared: boolean): Promise<void> {
  const { organization, people } = chart;
  const nameOf = (id: string) => people.find((one) => one.id === id)?.name || t('contacts.nameless');
  const before = ownWord(people.find(({ id }) => id === personId));
  const say = async (chief: string | null, forOthers: boolean) => {
    await call(placeInChart, { organizationId: organization.id, personId, chiefId: chief, shared: forOthers });
    await refreshChart();
  };
  const name = nameOf(personId);
  try {
    await say(chiefId, shared);
    offerUndo(
      chiefId === null
        ? t('maps.tookBack', { name })
        : chiefId === organization.id
          ? t('maps.movedTop', { name })
          : t('maps.movedUnder', { name, other: nameOf(chiefId) }),
      () => say(before ? (before.chiefId ?? organization.id) : null, before?.shared ?? false),
    );
  } catch (error) {
    sayError(error);
    await refreshChart();
  }
}
