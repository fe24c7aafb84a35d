import { Accordion } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Face } from '../../ui/Face.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Prose } from '../../ui/Prose.tsx';
import { Section } from '../../ui/Section.tsx';
import classes from '../settings/Settings.module.css';
import { acceptancesQuery, documentQuery } from './queries.ts';

/** Who has accepted, those who have not first. */
export function Acceptances() {
  const { data, error } = useQuery(acceptancesQuery);
  const all = data?.items.length ?? 0;
  const done = data?.items.filter(({ acceptedAt }) => acceptedAt !== null).length ?? 0;
  return (
    <Section title={t('charter.acceptedBy', { done, all })}>
      <ErrorNotice error={error} />
      <Lines>
        {data?.items.map(({ member, acceptedAt }) => (
          <li key={member.id} className={classes.line}>
            <Face id={member.id} name={member.name} size={32} />
            <div className={classes.main}>{member.name}</div>
            <span className={acceptedAt ? classes.quiet : classes.suspended}>
              {acceptedAt ? t('charter.accepted', { date: longDate(acceptedAt) }) : t('charter.notYet')}
            </span>
          </li>
        ))}
      </Lines>
    </Section>
  );
}

const documents = ['employees', 'representatives'] as const;
type Document = (typeof documents)[number];

/** Texts that go with a charter: what employees and their representatives are told. */
export function Documents() {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Section title={t('charter.documents')} lead={t('charter.representativesLead')}>
      <Accordion variant="separated" value={open} onChange={setOpen}>
        {documents.map((document) => (
          <Accordion.Item key={document} value={document}>
            <Accordion.Control>{t(`charter.${document}`)}</Accordion.Control>
            <Accordion.Panel>{open === document && <DocumentText document={document} />}</Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Section>
  );
}

function DocumentText({ document }: { document: Document }) {
  const { data, error } = useQuery(documentQuery(document, currentLanguage()));
  if (error) return <ErrorNotice error={error} />;
  return data ? <Prose below={2} text={data.text} /> : <Loading lines={4} />;
}
