import { IconFileImport } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { t } from '../../i18n.ts';
import classes from './DropAnywhere.module.css';
import { useTakeFiles } from './useDrop.ts';

const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

/** Files may be dropped on any screen. */
export function DropAnywhere() {
  const [over, setOver] = useState(false);
  const take = useTakeFiles();
  useEffect(() => {
    const stop = new AbortController();
    const on = (type: 'dragover' | 'dragleave' | 'drop', listener: (event: DragEvent) => void) =>
      addEventListener(type, (event) => carriesFiles(event) && listener(event), stop);
    on('dragover', (event) => {
      event.preventDefault();
      setOver(true);
    });
    on('dragleave', (event) => event.relatedTarget === null && setOver(false));
    on('drop', (event) => {
      event.preventDefault();
      setOver(false);
      void take([...(event.dataTransfer?.files ?? [])]);
    });
    return () => stop.abort();
  }, [take]);
  if (!over) return null;
  return (
    <div className={classes.over}>
      <div className={classes.box}>
        <IconFileImport size={40} stroke={1.4} aria-hidden />
        <strong>{t('imports.dropHere')}</strong>
        <span>{t('imports.dropPrivate')}</span>
      </div>
    </div>
  );
}
