import { testCuts } from './cut-apply';

testCuts('a migration of three units', {
  up: [
    'ALTER TABLE kept ADD due date',
    "INSERT INTO did VALUES ('one')",
    'CREATE INDEX CONCURRENTLY kept_note ON kept (note)',
    "INSERT INTO did VALUES ('three')",
  ],
  units: ['one', 'three'],
});
