import { AppError } from '../kernel/errors.ts';
import type { Context, OutsideContext } from '../kernel/http.ts';
import { listOfProgramme } from '../plan/index.ts';
import { watchedUntil } from './choosing.ts';
import { type BroughtBy, type Deed, deeds } from './contract.ts';
import { handle } from './describing.ts';
import type { SendingRow } from './queries.ts';
import * as results from './results.ts';
import { fewest } from './rules.ts';
import { upliftOf } from './uplift.ts';

type Planned = Awaited<ReturnType<typeof listOfProgramme>>[number];

/** Campaigns and scenarios of a programme that the caller handles, with how each is sent: of the others nothing is counted. */
async function listHandled(caller: Context, programmeId: string) {
  const handled: { planned: Planned; row: SendingRow | undefined }[] = [];
  for (const planned of await listOfProgramme(caller.tx, caller.actor, programmeId))
    try {
      handled.push({ planned, row: (await handle(caller, planned.id)).row });
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'forbidden')) throw error;
    }
  return handled;
}

/** What people did of whom wrote is left out: it is known from colleagues' mailboxes, and stands with each campaign where there are enough. */
const shown = deeds.filter((deed): deed is Exclude<Deed, 'wrote'> => deed !== 'wrote');

/** What a programme brought, campaign by campaign, as far as it is measured. */
export async function listBrought(context: OutsideContext, programmeId: string): Promise<BroughtBy[]> {
  const { workspaceId } = context.actor;
  const handled = await context.asCaller((caller) => listHandled(caller, programmeId));
  return context.asSystem('keeper', async (tx) => {
    const ids = handled.map(({ planned }) => planned.id);
    const left = new Map((await results.countLeftOf(tx, workspaceId, ids)).map((one) => [one.campaign_id, one]));
    const items: BroughtBy[] = [];
    for (const { planned, row } of handled) {
      const since = row?.started_at;
      const arms = since
        ? await results.countDeeds(tx, workspaceId, planned.id, since, watchedUntil(row, since))
        : undefined;
      const { sent = 0, bounced = 0, unsubscribed = 0, replied = 0, weight = 0 } = left.get(planned.id) ?? {};
      items.push({
        campaign: planned,
        ...{ sent, bounced, unsubscribed, weight, replied: sent < fewest ? null : replied },
        ...measuredOf(arms),
      });
    }
    return items;
  });
}

/** What people did, and by how much those it was for did more or less than those held back, where the interval leaves no doubt. */
function measuredOf(arms: readonly results.ArmRow[] | undefined): Pick<BroughtBy, 'people' | 'deeds' | 'uplift'> {
  if (!arms) return { people: null, deeds: null, uplift: [] };
  const [meant, held] = [results.sumOf(arms, false), results.sumOf(arms, true)];
  return {
    people: meant.people,
    deeds: { attended: meant.attended, answered: meant.answered, bought: meant.bought },
    uplift: shown.flatMap((deed) => {
      const found = upliftOf({ did: meant[deed], people: meant.people }, { did: held[deed], people: held.people });
      return found && (found.from > 0 || found.to < 0) ? [{ deed, ...found }] : [];
    }),
  };
}
