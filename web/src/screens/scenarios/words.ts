import type {
  Definition,
  Entry,
  FullScenario,
  Node,
  Problem,
  StepSaid,
} from '../../../../server/scenarios/contract.ts';
import { longInstant } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { inOrder } from './editing.ts';

type Names = FullScenario['names'];

export const wayName = (way: string): string =>
  way.startsWith('part ') ? t('scenarios.way.part', { no: Number(way.slice(5)) }) : t(`scenarios.way.${way as 'yes'}`);

const weekday = (day: number): string =>
  new Intl.DateTimeFormat(document.documentElement.lang || 'fr', { weekday: 'long', timeZone: 'UTC' }).format(
    // The fifth of January 1970 was a Monday.
    new Date(Date.UTC(1970, 0, 4 + day)),
  );
export const weekdays = () => [1, 2, 3, 4, 5, 6, 7].map((day) => ({ value: String(day), label: weekday(day) }));

function waitSentence(node: Extract<Node, { kind: 'wait' }>): string {
  const long = node.for && t(`scenarios.span.${node.for.unit}`, { n: node.for.n });
  if (!node.until) return long ? t('scenarios.wait.for', { long }) : t('scenarios.kind.wait');
  if (node.until.theirDay) {
    const { time } = node.until;
    return long ? t('scenarios.wait.longThenTheirDay', { long, time }) : t('scenarios.wait.untilTheirDay', { time });
  }
  const days = node.until.weekdays.map(weekday).join(', ') || t('scenarios.wait.anyDay');
  const until = { days, time: node.until.time };
  return long ? t('scenarios.wait.both', { long, ...until }) : t('scenarios.wait.until', until);
}

/** A step as a sentence: what it is called, else what it does. */
export function nodeSentence(node: Node, names: Names): string {
  if (node.name) return node.name;
  switch (node.kind) {
    case 'wait':
      return waitSentence(node);
    case 'condition':
      return t('scenarios.sentence.condition', { filter: node.filter });
    case 'split':
      return t('scenarios.sentence.split', { shares: node.parts.map(({ percent }) => `${percent} %`).join(', ') });
    case 'message':
      return node.contentId
        ? t('scenarios.sentence.message', { name: names[node.contentId] ?? '…' })
        : t('scenarios.kind.message');
    case 'task':
      return node.title ? t('scenarios.sentence.task', { title: node.title }) : t('scenarios.kind.task');
    case 'attribute':
      return node.attribute
        ? t('scenarios.sentence.attribute', {
            name: names[node.attribute] ?? node.attribute,
            value: String(node.value),
          })
        : t('scenarios.kind.attribute');
    case 'webhook':
      return URL.canParse(node.url)
        ? t('scenarios.sentence.webhook', { host: new URL(node.url).host })
        : t('scenarios.kind.webhook');
    default:
      return t(`scenarios.kind.${node.kind}`);
  }
}

/** What lets people in, as a sentence. */
export function entrySentence(entry: Entry, names: Names, kindName: (key: string) => string): string {
  switch (entry.kind) {
    case 'segment':
      return t(`scenarios.entry.segment.${entry.on}`, {
        name: entry.segmentId ? (names[entry.segmentId] ?? '…') : '…',
      });
    case 'fact':
      return entry.where
        ? t('scenarios.entry.fact.where', { name: kindName(entry.fact), ...entry.where })
        : t('scenarios.entry.fact.any', { name: kindName(entry.fact) || '…' });
    case 'date':
      return t('scenarios.entry.date.sentence', {
        of: entry.of === 'birthday' ? t('scenarios.birthday') : entry.of,
        days: entry.daysBefore,
        time: entry.at,
      });
    case 'hand':
      return t('scenarios.entry.hand.sentence');
  }
}

export const kindWords = (key: string): string => told(`facts.kindName.${key}`) ?? key;

/** Steps by number, as the list shows them. */
export const numbersOf = (definition: Definition): Map<string, number> =>
  new Map(inOrder(definition).map(({ id }, at) => [id, at + 1]));

export function problemWords({ code, about }: Problem): string {
  const way = code === 'no_next' || code === 'gone_next' ? wayName(about) : about;
  return t(`scenarios.problem.${code}`, { about: way });
}

/** Why a step went as it did, in sentences. */
export function reasonsOf(said: StepSaid): string[] {
  const reasons = (said.reasons ?? []).map((one) => told(`gate.${one}`) ?? told(`scenarios.reason.${one}`) ?? one);
  return [
    ...(said.occasion ? [t(`scenarios.occasion.${said.occasion}`)] : []),
    ...(said.filter ? [t('scenarios.said.filter', { filter: said.filter })] : []),
    ...(said.drawn !== undefined ? [t('scenarios.said.drawn', { part: (said.part ?? 0) + 1, drawn: said.drawn })] : []),
    ...(said.subject ? [t('scenarios.said.subject', { subject: said.subject })] : []),
    ...reasons,
    ...(said.variable ? [t('scenarios.said.variable', { variable: said.variable })] : []),
    ...(said.until ? [t('scenarios.said.until', { when: longInstant(said.until) })] : []),
  ];
}
