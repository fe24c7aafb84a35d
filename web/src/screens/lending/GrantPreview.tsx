import { Loader } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { previewGrant } from '../../../../server/cards/contract.ts';
import type { Book } from '../../../../server/delegation/contract.ts';
import { listMembers } from '../../../../server/identity/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { BlankChoice } from '../../ui/Blank.tsx';
import { Sentence } from '../../ui/Sentence.tsx';
import { type Draft, termsOf } from './draft.ts';
import classes from './Lending.module.css';

type Preview = Output<typeof previewGrant>;

/** What the sentence would open: how many contacts, and some of them as the grantee, or one colleague, would see them. */
export function GrantPreview({ book, draft }: { book: Book; draft: Draft }) {
  const [as, setAs] = useState('');
  const input = { bookId: book.id, ...termsOf(draft), ...(as === '' ? {} : { asMemberId: as }) };
  const { data, isFetching } = useQuery({ ...reading(previewGrant, input), placeholderData: keepPreviousData });
  if (!data) return <Loader size="sm" aria-label={t('lending.preview.loading')} />;
  return (
    <section className={classes.preview} aria-label={t('lending.preview')} aria-busy={isFetching}>
      <p className={classes.count} role="status">
        {t('lending.preview.count', { count: data.persons + data.organizations, withheld: data.withheld })}
      </p>
      <p className={classes.as}>
        <Sentence of="lending.preview.as" blanks={{ who: <SeenAs value={as} onChange={setAs} /> }} />
      </p>
      {data.readable ? (
        <ul className={classes.examples}>
          {data.examples.map((example) => (
            <Example key={example.id} example={example} />
          ))}
        </ul>
      ) : (
        <p className={classes.quiet}>
          {t(draft.level === 'discover' ? 'lending.preview.found' : 'lending.preview.none')}
        </p>
      )}
    </section>
  );
}

function SeenAs({ value, onChange }: { value: string; onChange: (memberId: string) => void }) {
  const me = useMe();
  const members = useQuery(reading(listMembers, {})).data?.items ?? [];
  return (
    <BlankChoice
      label={t('lending.preview.seenAs')}
      value={value}
      choices={[
        { value: '', label: t('lending.preview.grantee') },
        ...members.filter(({ id }) => id !== me.memberId).map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={onChange}
    />
  );
}

function Example({ example }: { example: Preview['examples'][number] }) {
  return (
    <li className={classes.example}>
      <strong>{example.name || t('contacts.nameless')}</strong>
      <span className={classes.values}>{example.values.map(({ display }) => display).join(' · ')}</span>
      {example.hidden > 0 && (
        <span className={classes.quiet}>{t('lending.preview.hidden', { count: example.hidden })}</span>
      )}
    </li>
  );
}
