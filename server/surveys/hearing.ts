import type { Tx } from '../kernel/database.ts';
import { hashedId } from '../kernel/ids.ts';
import { today } from '../opportunities/finding.ts';
import { interviewFields } from '../opportunities/interview-contract.ts';
import { findToHear } from '../opportunities/interviews.ts';
import { heardElsewhere } from '../voices/index.ts';

/** Names are no opinion. */
const heard = interviewFields.filter((field) => field !== 'others');

/** Hears what is said of an opportunity, each part once, seen by whom it is seen by; of one that is open or gone nothing is left. As the keeper. */
export async function hearInterview(tx: Tx, workspaceId: string, opportunityId: string): Promise<void> {
  const found = await findToHear(tx, workspaceId, opportunityId);
  for (const field of heard)
    await heardElsewhere(tx, workspaceId, {
      ...{ origin: 'interview', originId: opportunityId, itemId: hashedId(`${opportunityId} ${field}`) },
      ...{ contactPointId: null, audienceId: found?.audience_id ?? workspaceId, saidOn: found?.closed_on ?? today() },
      text: found?.standing ? (found.said?.[field] ?? '') : '',
      value: found?.currency ? { cents: Number(found.value_cents), currency: found.currency } : null,
    });
}
