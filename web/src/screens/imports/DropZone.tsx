import { Button } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useRef } from 'react';
import { t } from '../../i18n.ts';
import classes from './DropZone.module.css';
import { useTakeFiles } from './useDrop.ts';

const accepted = '.vcf,.vcard,.csv,.tsv,.txt,.xlsx,.eml,.mbox,.gz';

/** The whole window takes dropped files; this is where one is told so, and chooses them otherwise. */
export function DropZone() {
  const input = useRef<HTMLInputElement>(null);
  const take = useTakeFiles();
  return (
    <div className={classes.zone}>
      <IconFileImport size={36} stroke={1.3} aria-hidden className={classes.icon} />
      <p className={classes.title}>{t('imports.zone.title')}</p>
      <p className={classes.text}>{t('imports.zone.text')}</p>
      <Button size="md" onClick={() => input.current?.click()}>
        {t('imports.choose')}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        accept={accepted}
        hidden
        onChange={(event) => {
          void take([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
      <details className={classes.how}>
        <summary>{t('imports.how')}</summary>
        <dl>
          <dt>{t('imports.how.iphone')}</dt>
          <dd>{t('imports.how.iphone.text')}</dd>
          <dt>{t('imports.how.google')}</dt>
          <dd>{t('imports.how.google.text')}</dd>
          <dt>{t('imports.how.outlook')}</dt>
          <dd>{t('imports.how.outlook.text')}</dd>
          <dt>{t('imports.how.linkedin')}</dt>
          <dd>{t('imports.how.linkedin.text')}</dd>
        </dl>
      </details>
    </div>
  );
}
