import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  cacheDir: here('../.cache/vite'),
  plugins: [react()],
  resolve: { alias: { zod: here('src/contractShapes.ts') } },
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    target: 'es2023',
    // What several screens share comes as few files: by itself it would be two hundred, of which a first page asks for a hundred and twenty.
    rolldownOptions: {
      // The interface, and the page in the window on sites, which shares nothing with it.
      input: [here('index.html'), here('chat.html')],
      output: {
        codeSplitting: {
          groups: [
            { name: 'libraries', test: /node_modules/, minShareCount: 4, priority: 2 },
            { name: 'shared', test: /\/(web\/src|server)\/(?!.*\/locales\/)/, minShareCount: 4, priority: 1 },
          ],
        },
      },
    },
  },
  server: { fs: { allow: [here('..')] } },
});
