import '@fontsource-variable/source-sans-3/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import './theme.css';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { preferredLocale, speak } from './i18n.ts';

await speak(preferredLocale());
createRoot(document.getElementById('root')!).render(<App />);
