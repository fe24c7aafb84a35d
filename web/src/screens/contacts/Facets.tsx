import { Button, Drawer, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFilter, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { countToVerify, type getFacets } from '../../../../server/cards/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { number } from '../../format.ts';
import { type MessageKey, t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import classes from './Facets.module.css';
import type { ListState } from './People.tsx';
import { type Filter, filterOf } from './search.ts';

type Buckets = Output<typeof getFacets>;
type Bucket = Buckets['books'][number];
type FacetKey = Exclude<keyof Filter, 'q'>;
interface FacetsProps {
  facets: Buckets;
  state: ListState;
}

const shownFirst = 6;

export function Facets({ facets, state }: FacetsProps) {
  const ages = facets.freshness.map((bucket) => ({
    ...bucket,
    label: t(`contacts.freshness.${bucket.value}` as MessageKey),
  }));
  const count = useQuery(reading(countToVerify, { kind: state.kind })).data?.count ?? 0;
  const remarked = count > 0 || state.search.toVerify !== undefined;
  const verify = remarked ? [{ value: 'yes', label: t('contacts.toVerify'), count }] : [];
  return (
    <>
      <Facet title="contacts.facet.verify" of="toVerify" buckets={verify} state={state} />
      <Facet title="contacts.facet.book" of="bookId" buckets={facets.books} state={state} />
      <Facet title="contacts.facet.source" of="sourceId" buckets={facets.sources} state={state} />
      {state.kind === 'person' && (
        <Facet title="contacts.facet.organization" of="organization" buckets={facets.organizations} state={state} />
      )}
      <Facet title="contacts.facet.freshness" of="freshness" buckets={ages} state={state} />
    </>
  );
}

interface FacetProps {
  title: MessageKey;
  of: FacetKey;
  buckets: Bucket[];
  state: ListState;
}

function Facet({ title, of, buckets, state }: FacetProps) {
  const id = useId();
  const [all, setAll] = useState(false);
  const chosen = state.search[of];
  if (buckets.length === 0) return null;
  const shown = all ? buckets : buckets.slice(0, shownFirst);
  return (
    <section aria-labelledby={id} className={classes.facet}>
      <h2 id={id} className={classes.title}>
        {t(title)}
      </h2>
      {shown.map(({ value, label, count }) => (
        <UnstyledButton
          key={value}
          className={classes.bucket}
          aria-pressed={value === chosen}
          onClick={() => state.change({ [of]: value === chosen ? undefined : value, open: undefined })}
        >
          <span className={classes.label}>{label}</span>
          {value === chosen ? <IconX size={14} aria-hidden /> : <span className={classes.count}>{number(count)}</span>}
        </UnstyledButton>
      ))}
      {buckets.length > shownFirst && (
        <UnstyledButton className={classes.more} aria-expanded={all} onClick={() => setAll(!all)}>
          {t(all ? 'contacts.facet.fewer' : 'contacts.facet.more')}
        </UnstyledButton>
      )}
    </section>
  );
}

/** The same, where there is no room for a column. */
export function FacetsDrawer({ facets, state }: FacetsProps) {
  const [opened, { open, close }] = useDisclosure();
  const { q: _, ...narrowing } = filterOf(state.search);
  const used = Object.values(narrowing).filter((value) => value !== undefined).length;
  return (
    <>
      <Button variant="default" hiddenFrom="md" leftSection={<IconFilter size={18} aria-hidden />} onClick={open}>
        {t('contacts.filter', { used })}
      </Button>
      <Drawer
        opened={opened}
        onClose={close}
        position="bottom"
        size="80%"
        title={t('contacts.facets')}
        closeButtonProps={{ 'aria-label': t('shell.close') }}
      >
        <Facets facets={facets} state={state} />
        <Button fullWidth mt="md" onClick={close}>
          {t('contacts.showFound', { count: facets.total.count })}
        </Button>
      </Drawer>
    </>
  );
}
