import { IconDeviceMobile } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { listSources } from '../../../../server/sources/contract.ts';
import { ago } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { DropZone } from './DropZone.tsx';
import { ImportAll } from './ImportAll.tsx';
import { ImportLine } from './ImportLine.tsx';
import classes from './Imports.module.css';
import { importsQuery } from './queries.ts';
import { UploadLines } from './UploadLines.tsx';

/** Where contacts come in, what came in, and where it came from. */
export function Imports() {
  return (
    <Page title={t('shell.imports')} lead={t('imports.lead')}>
      <DropZone />
      <UploadLines />
      <ImportList />
      <SourceList />
    </Page>
  );
}

function ImportList() {
  const { data, error, refetch } = useQuery(importsQuery);
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading lines={2} />;
  if (data.items.length === 0) return null;
  return (
    <Section title={t('imports.title')}>
      <ImportAll ready={data.items.filter(({ state }) => state === 'ready')} />
      <Lines>
        {data.items.map((record) => (
          <ImportLine key={record.id} record={record} />
        ))}
      </Lines>
    </Section>
  );
}

function SourceList() {
  const { data } = useQuery(reading(listSources, {}));
  if (!data || data.items.length === 0) return null;
  return (
    <Section title={t('imports.sources')} lead={t('imports.sources.lead')}>
      <Lines>
        {data.items.map((source) => (
          <li key={source.id} className={classes.line}>
            <IconDeviceMobile size={20} stroke={1.6} aria-hidden className={classes.icon} />
            <div className={classes.main}>
              <strong>{source.name}</strong>
              <span className={classes.quiet}>
                {[
                  told(`imports.layout.${source.kind}`),
                  source.lastImportAt && t('imports.lastImport', { when: ago(source.lastImportAt) }),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </div>
            <TextLink to="/people" search={{ sourceId: source.id }}>
              {t('contacts.cards', { count: source.cards })}
            </TextLink>
          </li>
        ))}
      </Lines>
    </Section>
  );
}
