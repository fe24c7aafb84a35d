import { Button, Menu } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import type { Definition, FullScenario, Node, NodeKind, Problem } from '../../../../server/scenarios/contract.ts';
import { t } from '../../i18n.ts';
import { inOrder, type Place, waysOf } from './editing.ts';
import classes from './Scenarios.module.css';
import { nodeSentence, numbersOf, problemWords, wayName } from './words.ts';

/** Kinds that one may add; one may end a way by the last two. */
const kinds: NodeKind[] = [
  'message',
  'wait',
  'condition',
  'split',
  'task',
  'ask_holder',
  'attribute',
  'webhook',
  'goal',
  'exit',
];

interface Props {
  definition: Definition;
  names: FullScenario['names'];
  entry: string;
  people: ReadonlyMap<string, number>;
  problems: readonly Problem[];
  /** Nothing can be changed by who only reads. */
  mayChange: boolean;
  onOpen: (id: string) => void;
  onInsert: (place: Place, kind: NodeKind) => void;
}

export function AddStep({
  places,
  onInsert,
}: {
  places: { place: Place; label: string }[];
  onInsert: Props['onInsert'];
}) {
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button variant="default" size="compact-md" leftSection={<IconPlus size={16} aria-hidden />}>
          {t('scenarios.addStep')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah="60vh" style={{ overflowY: 'auto' }}>
        {places.map(({ place, label }) => (
          <div key={`${place.nodeId} ${place.way}`}>
            {places.length > 1 && <Menu.Label>{label}</Menu.Label>}
            {kinds.map((kind) => (
              <Menu.Item key={kind} onClick={() => onInsert(place, kind)}>
                {t(`scenarios.kind.${kind}`)}
              </Menu.Item>
            ))}
          </div>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The steps one after the other: all that the picture shows and lets one do. */
export function StepList({ definition, names, entry, people, problems, mayChange, onOpen, onInsert }: Props) {
  const numbers = numbersOf(definition);
  const wrong = (id: string | null) => problems.filter(({ nodeId }) => nodeId === id);
  return (
    <ol className={classes.steps} aria-label={t('scenarios.steps')}>
      <li>
        <span className={classes.no}>–</span>
        <span className={classes.text}>
          <strong>{entry}</strong>
          {wrong(null).map((one) => (
            <p key={one.code} className={classes.problem}>
              {problemWords(one)}
            </p>
          ))}
        </span>
        <Button variant="default" size="compact-md" onClick={() => onOpen('entry')}>
          {t(mayChange ? 'scenarios.changeEntry' : 'scenarios.seeEntry')}
        </Button>
        {mayChange && <AddStep places={[{ place: { nodeId: null, way: 'start' }, label: '' }]} onInsert={onInsert} />}
      </li>
      {inOrder(definition).map((node) => (
        <Step
          key={node.id}
          node={node}
          no={numbers.get(node.id)!}
          numbers={numbers}
          names={names}
          here={people.get(node.id) ?? 0}
          problems={wrong(node.id)}
          mayChange={mayChange}
          onOpen={onOpen}
          onInsert={onInsert}
        />
      ))}
    </ol>
  );
}

interface StepProps extends Pick<Props, 'names' | 'problems' | 'mayChange' | 'onOpen' | 'onInsert'> {
  node: Node;
  no: number;
  numbers: ReadonlyMap<string, number>;
  here: number;
}

function Step({ node, no, numbers, names, here, problems, mayChange, onOpen, onInsert }: StepProps) {
  const ways = waysOf(node);
  const sentence = nodeSentence(node, names);
  const kind = t(`scenarios.kind.${node.kind}`);
  return (
    <li>
      <span className={classes.no}>{no}</span>
      <span className={classes.text}>
        <strong dir="auto">{sentence}</strong> {sentence !== kind && <span className={classes.quiet}>{kind}</span>}
        {here > 0 && <span className={classes.quiet}> · {t('scenarios.here', { count: here })}</span>}
        <ul className={classes.ways}>
          {ways
            .filter(
              ({ way, to }) =>
                !(way === 'refused' && to === null) &&
                !(ways.length === 1 && to !== null && numbers.get(to) === no + 1),
            )
            .map(({ way, to }) => (
              <li key={way}>
                {t('scenarios.leads', { way: wayName(way), to: to === null ? '…' : String(numbers.get(to) ?? '…') })}
              </li>
            ))}
        </ul>
        {problems.map((one) => (
          <p key={`${one.code} ${one.about}`} className={classes.problem}>
            {problemWords(one)}
          </p>
        ))}
      </span>
      <Button
        variant="default"
        size="compact-md"
        aria-label={t(mayChange ? 'scenarios.changeStep' : 'scenarios.seeStep', { no })}
        onClick={() => onOpen(node.id)}
      >
        {t(mayChange ? 'scenarios.change' : 'scenarios.see')}
      </Button>
      {mayChange && ways.length > 0 && (
        <AddStep
          places={ways.map(({ way }) => ({ place: { nodeId: node.id, way }, label: wayName(way) }))}
          onInsert={onInsert}
        />
      )}
    </li>
  );
}
