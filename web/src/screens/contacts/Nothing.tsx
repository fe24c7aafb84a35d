import { Button } from '@mantine/core';
import { IconAddressBook, IconBuilding, IconFileImport, IconSearchOff } from '@tabler/icons-react';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import type { ListState } from './People.tsx';
import type { Kind } from './queries.ts';
import { filterOf } from './search.ts';

export function NobodyYet({ kind }: { kind: Kind }) {
  return (
    <EmptyState
      icon={kind === 'person' ? <IconAddressBook /> : <IconBuilding />}
      title={t('contacts.empty.title', { kind })}
      text={t('contacts.empty.text')}
      action={
        <ButtonLink to="/imports" leftSection={<IconFileImport size={18} aria-hidden />}>
          {t('imports.choose')}
        </ButtonLink>
      }
    />
  );
}

export function NothingFound({ state }: { state: ListState }) {
  return (
    <EmptyState
      icon={<IconSearchOff />}
      title={t('contacts.nothing.title')}
      text={t('contacts.nothing.text')}
      action={
        <Button variant="default" onClick={() => state.change(filterOf({}))}>
          {t('contacts.nothing.clear')}
        </Button>
      }
    />
  );
}
