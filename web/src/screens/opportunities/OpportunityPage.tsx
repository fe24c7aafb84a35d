import { ActionIcon, Button, Menu, NativeSelect } from '@mantine/core';
import { IconArrowLeft, IconDots, IconTopologyStar3 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import {
  type FullOpportunity,
  type Outcome,
  reopenOpportunity,
  type Stage,
} from '../../../../server/opportunities/contract.ts';
import { call } from '../../api.ts';
import { calendarDay, longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink, TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import { NearPeople } from '../network/Near.tsx';
import { Closing } from './Closing.tsx';
import { Interview } from './Interview.tsx';
import { OpportunityEditor } from './OpportunityEditor.tsx';
import classes from './OpportunityPage.module.css';
import { Participants } from './Participants.tsx';
import { moveTo, opportunityQuery, refreshOpportunities, remove, stagesQuery } from './queries.ts';
import { nameOfStage, reasonWord, seenBy, stageName, whenOf, worthOf } from './words.ts';

/** An opportunity: what it is, who has a part in it, what became of it. */
export function OpportunityPage() {
  const { opportunityId } = useParams({ from: '/members/opportunities/$opportunityId' });
  const { data: one, error, refetch } = useQuery(opportunityQuery(opportunityId));
  const stages = useQuery(stagesQuery).data?.items;
  if (!one || !stages)
    return (
      <Page title={t('opportunities.title')} width="wide">
        <Back />
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!error && <Loading lines={4} />}
      </Page>
    );
  return (
    <Page title={one.name} lead={<Lead one={one} />} actions={<Acts one={one} />}>
      <Back />
      <div className={classes.columns}>
        <div>
          <Facts one={one} stages={stages} />
          <Interview one={one} />
          <Participants opportunity={one} />
          <ToMaps opportunityId={one.id} />
          <NearPeople
            lead={t('network.near.opportunityLead')}
            people={one.participants.map(({ person }) => ({ ...person, name: person.name || t('contacts.nameless') }))}
          />
        </div>
        <div>
          <Moves one={one} stages={stages} />
          <Source one={one} />
        </div>
      </div>
    </Page>
  );
}

function Back() {
  return (
    <ButtonLink
      className={`${classes.back} no-print`}
      to="/opportunities"
      variant="subtle"
      color="gray"
      leftSection={<IconArrowLeft size={18} aria-hidden />}
    >
      {t('opportunities.back')}
    </ButtonLink>
  );
}

/** From an opportunity to its power maps. */
function ToMaps({ opportunityId }: { opportunityId: string }) {
  return (
    <ButtonLink
      className={`${classes.maps} no-print`}
      to="/opportunities/$opportunityId/maps"
      params={{ opportunityId }}
      variant="default"
      leftSection={<IconTopologyStar3 size={18} aria-hidden />}
    >
      {t('maps.map')}
    </ButtonLink>
  );
}

function Lead({ one }: { one: FullOpportunity }) {
  const me = useMe();
  const { id, name } = one.organization;
  return (
    <>
      {name !== '' && (
        <span className={classes.organization}>
          {id ? (
            <TextLink to="/people/$personId" params={{ personId: id }}>
              {name}
            </TextLink>
          ) : (
            name
          )}
        </span>
      )}
      <span>{seenBy(one, me.workspace.name)}</span>
    </>
  );
}

function Acts({ one }: { one: FullOpportunity }) {
  const [closing, close] = useState<Outcome>();
  const [editing, edit] = useState(false);
  const navigate = useNavigate();
  const reopen = async () => {
    try {
      await call(reopenOpportunity, { opportunityId: one.id, version: one.version });
      say(t('opportunities.reopened'));
    } catch (error) {
      sayError(error);
    }
    await refreshOpportunities();
  };
  return (
    <>
      {one.outcome === null ? (
        (['won', 'lost'] as const).map((outcome) => (
          <Button key={outcome} variant="default" onClick={() => close(outcome)}>
            {t(`opportunities.close.${outcome}`)}
          </Button>
        ))
      ) : (
        <Button variant="default" onClick={() => void reopen()}>
          {t('opportunities.reopen')}
        </Button>
      )}
      <Button onClick={() => edit(true)}>{t('opportunities.change')}</Button>
      {one.mine && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon size="lg" aria-label={t('shell.more')}>
              <IconDots size={20} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={async () => (await remove(one)) && void navigate({ to: '/opportunities' })}>
              {t('opportunities.remove')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {closing && <Closing opportunity={one} outcome={closing} onClose={() => close(undefined)} />}
      {editing && <OpportunityEditor opportunity={one} onClose={() => edit(false)} />}
    </>
  );
}

function Facts({ one, stages }: { one: FullOpportunity; stages: Stage[] }) {
  const facts: [string, ReactNode][] = [
    [
      t('opportunities.field.amount'),
      <span key="value" className="tabular">
        {worthOf(one) || t('opportunities.noValue')}
      </span>,
    ],
    [t('opportunities.field.stage'), <StageOf key="stage" one={one} stages={stages} />],
    ...(one.outcome === null
      ? [
          [t('opportunities.field.expectedOn'), one.expectedOn ? calendarDay(one.expectedOn) : '–'] as [
            string,
            ReactNode,
          ],
        ]
      : []),
    [t('opportunities.field.openedOn'), calendarDay(one.openedOn)],
    [t('opportunities.field.owner'), one.owner.name],
  ];
  return (
    <>
      {one.outcome !== null && <Outcomes one={one} outcome={one.outcome} />}
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {one.note !== '' && <p className={classes.note}>{one.note}</p>}
    </>
  );
}

function Outcomes({ one, outcome }: { one: FullOpportunity; outcome: Outcome }) {
  return (
    <div className={classes.outcome} data-outcome={outcome}>
      <strong>{whenOf(one)}</strong>
      {one.reasons.length > 0 && <span>{one.reasons.map((reason) => reasonWord(outcome, reason)).join(' · ')}</span>}
      {one.outcomeNote !== '' && <span className={classes.note}>{one.outcomeNote}</span>}
      {one.wordDueOn && <span>{t('opportunities.wordDue', { day: calendarDay(one.wordDueOn) })}</span>}
    </div>
  );
}

/** Where it stands; an open one is moved from here. */
function StageOf({ one, stages }: { one: FullOpportunity; stages: Stage[] }) {
  if (one.outcome !== null) return nameOfStage(stages, one.stageId);
  const choices = stages.filter(({ id, ended }) => !ended || id === one.stageId);
  return (
    <NativeSelect
      className={classes.stageChoice}
      aria-label={t('opportunities.field.stage')}
      value={one.stageId}
      data={choices.map((stage) => ({ value: stage.id, label: stageName(stage), disabled: stage.ended }))}
      onChange={(event) => void moveTo(one, event.currentTarget.value, stages)}
    />
  );
}

function Moves({ one, stages }: { one: FullOpportunity; stages: Stage[] }) {
  const word = ({ kind, from, to, member }: FullOpportunity['moves'][number]) =>
    t('opportunities.moveKind', {
      kind,
      who: member.name,
      from: nameOfStage(stages, from),
      to: nameOfStage(stages, to),
    });
  return (
    <Section title={t('opportunities.history')}>
      <ol className={classes.moves}>
        {one.moves.map((move) => (
          <li key={move.at + move.kind}>
            <span>{word(move)}</span>
            {(move.kind === 'won' || move.kind === 'lost') && move.reasons.length > 0 && (
              <span>{move.reasons.map((reason) => reasonWord(move.kind as Outcome, reason)).join(' · ')}</span>
            )}
            {move.note !== '' && <span className={classes.note}>{move.note}</span>}
            <time dateTime={move.at} className={classes.quiet}>
              {longInstant(move.at)}
            </time>
          </li>
        ))}
      </ol>
    </Section>
  );
}

/** Where it came from: whether it stands there still, and what was said there. */
function Source({ one: { source } }: { one: FullOpportunity }) {
  if (!source) return null;
  const when = source.endedAt && longInstant(source.endedAt);
  return (
    <>
      {when && <p className={classes.quiet}>{t('opportunities.sourceEnded', { when })}</p>}
      {source.cells.length > 0 && <Said source={source} />}
    </>
  );
}

function Said({ source }: { source: NonNullable<FullOpportunity['source']> }) {
  const product = t('opportunities.product', { product: source.kind });
  const isNumber = source.externalId !== null && !/^[0-9a-f]{8}-[0-9a-f]{4}-8/.test(source.externalId);
  return (
    <details className={classes.source}>
      <summary>{t(source.kind === 'table' ? 'opportunities.source' : 'opportunities.sourceLive', { product })}</summary>
      <p className={classes.quiet}>
        {isNumber
          ? t('opportunities.sourceOf', { product, id: source.externalId! })
          : t('opportunities.sourceOfPlain', { product })}
      </p>
      <dl className={classes.cells}>
        {source.cells.map(([header, text]) => (
          <div key={`${header} ${text}`}>
            <dt>{header}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
