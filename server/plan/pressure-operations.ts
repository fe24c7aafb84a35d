import { implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import { estimateTarget, spreadOfTarget, weightClasses } from '../outreach/estimating.ts';
import { findEverybody, type Looking } from '../segments/index.ts';
import * as contracts from './pressure-contract.ts';

const lookingOf = ({ actor, asCaller, asSystem }: OutsideContext): Looking => ({
  viewer: actor,
  audience: { kind: 'member', id: actor.memberId },
  asViewer: (work) => asCaller(({ tx }) => work(tx)),
  asKeeper: (work) => asSystem('keeper', work),
});

export const pressureOperations: Operation[] = [
  implementOutside(contracts.simulatePressure, async ({ segmentId, purpose, at, priority }, context) => {
    const { viewer: actor, asViewer, asKeeper, ...looking } = lookingOf(context);
    const persons = await findEverybody({ ...looking, viewer: actor, asViewer, asKeeper }, segmentId);
    return estimateTarget(
      { actor, asViewer, asKeeper },
      { persons, purpose, manner: 'bulk', at: new Date(at), ...(priority === undefined ? {} : { priority }) },
    );
  }),

  implementOutside(contracts.getSegmentPressure, async ({ segmentId }, context) => {
    const looking = lookingOf(context);
    const persons = await findEverybody(looking, segmentId);
    const { asKeeper, viewer } = looking;
    return { classes: [...weightClasses], ...(await asKeeper((tx) => spreadOfTarget(tx, viewer, persons))) };
  }),
];
