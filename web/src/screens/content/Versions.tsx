import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FullContent, getContent, restoreVersion } from '../../../../server/content/contract.ts';
import { call } from '../../api.ts';
import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { queryClient } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say, sayError } from '../../ui/undo.tsx';
import classes from './Content.module.css';
import { contentQuery, refreshContents, versionsQuery } from './queries.ts';

interface VersionsProps {
  content: FullContent;
  edition: number;
  onClose: () => void;
  /** What it says now. */
  onRestored: () => void;
}

/** Who said what when; an earlier version is said again as a new one, so that nothing is lost. */
export function Versions({ content, edition, onClose, onRestored }: VersionsProps) {
  const { data, error } = useQuery(versionsQuery(content.id));
  const restore = async (version: number) => {
    try {
      await call(restoreVersion, { contentId: content.id, version, edition });
      const now = await call(getContent, { contentId: content.id });
      queryClient.setQueryData(contentQuery(content.id).queryKey, now);
      await refreshContents();
      say(t('content.versions.restored'));
      onClose();
      onRestored();
    } catch (failure) {
      sayError(failure);
    }
  };
  return (
    <Modal opened onClose={onClose} title={t('content.versions')} closeButtonProps={{ 'aria-label': t('shell.close') }}>
      <ErrorNotice error={error} />
      <ol className={classes.versions}>
        {data?.items.map(({ version, by, savedAt, sealed }, at) => (
          <li key={version}>
            <div>
              <strong>{t('content.versions.no', { no: version })}</strong>
              <p className={classes.quiet}>
                {t('content.versions.by', { name: by, when: longInstant(savedAt) })}
                {sealed && ` · ${t('content.versions.sealed')}`}
              </p>
            </div>
            {at > 0 && content.mine && (
              <Button variant="default" size="compact-md" onClick={() => void restore(version)}>
                {t('content.versions.restore')}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </Modal>
  );
}
