import { Button, Checkbox, Group } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { leastPeople, listThresholds, setThreshold, type Threshold } from '../../../../server/decisions/contract.ts';
import { listTeams } from '../../../../server/identity/contract.ts';
import { noTopic } from '../../../../server/voices/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { BlankChoice, BlankNumber, BlankText } from '../../ui/Blank.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { Sentence } from '../../ui/Sentence.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { topicName } from '../voices/words.ts';
import classes from './Decisions.module.css';
import { refreshCases, thresholdsQuery } from './queries.ts';
import { thresholdSentence } from './words.ts';

/** From when on voices are something to decide. Everybody reads it, admins fill it in. */
export function Thresholds() {
  const { data, error, refetch } = useQuery(thresholdsQuery);
  const admin = useMe().role === 'admin';
  return (
    <Page
      title={t('decisions.thresholds')}
      lead={t('decisions.thresholds.lead', { least: leastPeople })}
      width="reading"
    >
      <ButtonLink
        to="/voices/decisions"
        variant="subtle"
        color="gray"
        leftSection={<IconArrowLeft size={18} aria-hidden />}
      >
        {t('decisions.title')}
      </ButtonLink>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={6} />}
      {data && (
        <>
          <Section title={t('decisions.thresholds.usual')}>
            <One
              topicId={noTopic}
              name={t('decisions.thresholds.usual')}
              own={data.usual}
              usual={data.usual}
              admin={admin}
            />
          </Section>
          <Section title={t('decisions.thresholds.own')}>
            <ul className={classes.thresholds}>
              {data.items.map(({ topicId, own, ...topic }) => (
                <li key={topicId}>
                  <strong>{topicName(topic)}</strong>
                  <One topicId={topicId} name={topicName(topic)} own={own} usual={data.usual} admin={admin} />
                </li>
              ))}
            </ul>
          </Section>
        </>
      )}
    </Page>
  );
}

interface OneProps {
  topicId: string;
  name: string;
  own: Threshold | null;
  usual: Threshold;
  admin: boolean;
}

async function keep(topicId: string, threshold: Threshold | null, before: Threshold | null): Promise<void> {
  const set = async (to: Threshold | null) => {
    await call(setThreshold, { topicId, threshold: to });
    await Promise.all([refresh(listThresholds), refreshCases()]);
  };
  try {
    await set(threshold);
    offerUndo(t('decisions.thresholds.saved'), () => set(before));
  } catch (error) {
    sayError(error);
  }
}

function One({ topicId, name, own, usual, admin }: OneProps) {
  const [typed, type] = useState<Threshold>();
  const stands = own ?? usual;
  if (!typed)
    return (
      <Group gap="xs" justify="space-between" wrap="nowrap" align="flex-start">
        <span className={classes.small} data-off={stands.off || undefined}>
          {own === null && topicId !== noTopic
            ? t('decisions.thresholds.asUsual')
            : stands.off
              ? t('decisions.thresholds.off')
              : thresholdSentence(stands)}
        </span>
        {admin && (
          <Button
            variant="subtle"
            size="compact-sm"
            aria-label={t('decisions.thresholds.changeOf', { name })}
            onClick={() => type(stands)}
          >
            {t('decisions.thresholds.change')}
          </Button>
        )}
      </Group>
    );
  const done = (threshold: Threshold | null) => void keep(topicId, threshold, own).then(() => type(undefined));
  return (
    <div className={classes.filling}>
      <p>
        <Filling value={typed} onChange={(next) => type({ ...typed, ...next })} />
      </p>
      <Checkbox
        label={t('decisions.thresholds.isOff')}
        checked={typed.off}
        onChange={({ currentTarget }) => type({ ...typed, off: currentTarget.checked })}
      />
      <Group gap="xs" mt="xs">
        <Button disabled={typed.people < leastPeople} onClick={() => done(typed)}>
          {t('shell.save')}
        </Button>
        {own !== null && topicId !== noTopic && (
          <Button variant="default" onClick={() => done(null)}>
            {t('decisions.thresholds.likeOthers')}
          </Button>
        )}
        <Button variant="subtle" color="gray" onClick={() => type(undefined)}>
          {t('shell.cancel')}
        </Button>
      </Group>
    </div>
  );
}

/** The sentence with its blanks. */
function Filling({ value, onChange }: { value: Threshold; onChange: (next: Partial<Threshold>) => void }) {
  const teams = useQuery(reading(listTeams, {})).data?.items ?? [];
  const count = (key: 'people' | 'days') => (
    <BlankNumber
      label={t(`decisions.blank.${key}`)}
      value={value[key]}
      onChange={(next) => onChange({ [key]: key === 'days' ? Math.min(365, next) : next })}
    />
  );
  const amount = (key: 'accounts' | 'cents', factor: number) => (
    <BlankText
      label={t(`decisions.blank.${key}`)}
      value={String(value[key] / factor)}
      onChange={(next) => onChange({ [key]: Math.min(1e9, Number(next.replaceAll(/\D/g, ''))) * factor })}
      onDone={() => {}}
    />
  );
  return (
    <Sentence
      of="decisions.threshold.sentence"
      blanks={{
        tone: (
          <BlankChoice
            label={t('decisions.blank.tone')}
            value={value.tone}
            choices={(['negative', 'any'] as const).map((one) => ({ value: one, label: t(`decisions.tone.${one}`) }))}
            onChange={(tone) => onChange({ tone: tone as Threshold['tone'] })}
          />
        ),
        ...{
          people: count('people'),
          days: count('days'),
          accounts: amount('accounts', 1),
          value: amount('cents', 100),
        },
        currency: (
          <BlankText
            label={t('decisions.blank.currency')}
            value={value.currency}
            onChange={(currency) => onChange({ currency: currency.toUpperCase().slice(0, 3) })}
            onDone={() => {}}
          />
        ),
        team: (
          <BlankChoice
            label={t('decisions.blank.team')}
            value={value.teamId ?? ''}
            choices={[
              { value: '', label: t('decisions.admins') },
              ...teams.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            onChange={(teamId) => onChange({ teamId: teamId || null })}
          />
        ),
      }}
    />
  );
}
