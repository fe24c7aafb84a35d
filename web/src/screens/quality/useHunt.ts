import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Proposal } from '../../../../server/matching/contract.ts';
import { queryClient } from '../../queries.ts';
import { sayError } from '../../ui/undo.tsx';
import { type Act, type Back, carryOut } from './decisions.ts';
import { countsQuery, proposalsQuery, refreshAsOneDecides } from './queries.ts';
import type { HuntFilter } from './search.ts';

interface Step {
  proposal: Proposal;
  act: Act;
  back: Promise<Back>;
}

/** The pairs that wait, the one shown, and what was decided since one came: every step has a way back. */
export function useHunt(filter: HuntFilter) {
  const list = useQuery(proposalsQuery(filter));
  const { total: count, more = false } = useQuery(countsQuery(filter)).data ?? {};
  const shown = useShown(list.data?.items ?? [], JSON.stringify(filter));
  const [steps, setSteps] = useState<Step[]>([]);
  // Keys come faster than the page is drawn: what was done stands here before it is shown.
  const done = useRef<Step[]>([]);
  const keep = (next: Step[]) => {
    done.current = next;
    setSteps(next);
  };
  const inOrder = useInOrder();
  const act = (what: Act) => {
    const proposal = shown.current;
    if (proposal === undefined || done.current.some((step) => step.proposal.id === proposal.id)) return;
    const back = inOrder(() => carryOut(what, [proposal]));
    const step = { proposal, act: what, back };
    keep([...done.current, step]);
    shown.leave(proposal);
    addToCount(filter, -1);
    back.then(refreshAsOneDecides, (error) => {
      keep(done.current.filter((other) => other !== step));
      shown.putBack(proposal);
      addToCount(filter, 1);
      sayError(error);
    });
  };
  const undo = () => {
    const step = done.current.at(-1);
    if (step === undefined) return;
    keep(done.current.slice(0, -1));
    shown.putBack(step.proposal);
    shown.show(step.proposal);
    addToCount(filter, 1);
    inOrder(async () => (await step.back)()).then(refreshAsOneDecides, sayError);
  };
  return { list, count, more, steps, act, undo, ...shown };
}

/** The queue less what was decided here, and the pair before one's eyes, which no answer of the server may exchange. */
function useShown(items: Proposal[], key: string) {
  const [handled, setHandled] = useState<ReadonlySet<string>>(new Set());
  const [held, setHeld] = useState<{ proposal: Proposal; key: string }>();
  const waiting = items.filter(({ id }) => !handled.has(id));
  const holds = held?.key === key && !handled.has(held.proposal.id);
  const current = holds ? held.proposal : waiting[0];
  if (current !== undefined && !holds) setHeld({ proposal: current, key });
  const at = waiting.findIndex(({ id }) => id === current?.id);
  const show = (proposal: Proposal | undefined) => setHeld(proposal && { proposal, key });
  return {
    current,
    show,
    ahead: waiting.length - 1 - at,
    behind: Math.max(at, 0),
    move: (step: 1 | -1) => waiting[at + step] && show(waiting[at + step]),
    /** It is decided: the next one comes. */
    leave: (proposal: Proposal) => {
      setHandled((before) => new Set(before).add(proposal.id));
      show(waiting[at + 1] ?? waiting.find(({ id }) => id !== proposal.id));
    },
    putBack: ({ id }: Proposal) => setHandled((before) => new Set([...before].filter((other) => other !== id))),
  };
}

/** One request after the other: a decision taken back and made anew must not overtake itself. */
function useInOrder() {
  const last = useRef<Promise<unknown>>(Promise.resolve());
  const waiting = useRef(0);
  // What is not with the server yet would go with the page.
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => void (waiting.current > 0 && event.preventDefault());
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, []);
  return <T>(work: () => Promise<T>): Promise<T> => {
    waiting.current++;
    const next = last.current.then(work, work).finally(() => waiting.current--);
    last.current = next.catch(() => undefined);
    return next;
  };
}

/** What is counted follows at once; the server's own count comes after. */
function addToCount(filter: HuntFilter, difference: 1 | -1): void {
  // The navigation counts without a filter.
  const counted: HuntFilter[] = Object.keys(filter).length === 0 ? [{}] : [filter, {}];
  for (const one of counted)
    queryClient.setQueryData(countsQuery(one).queryKey, (before) =>
      before === undefined || before.more ? before : { ...before, total: Math.max(0, before.total + difference) },
    );
}
