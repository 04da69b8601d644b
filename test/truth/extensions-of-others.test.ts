/** Extensions that a superuser made, in a database whose owner is none. */
import { boxOf } from '#test/support/run-outcome';
import { withCase } from '#test/support/truth-case';

test('the owner of an extension is not compared: nobody can change it', () =>
  withCase('16-extension-of-another-owner', {}, async (truthCase) => {
    const { ends, report } = await truthCase.run();

    expect(ends).toMatchObject([{ isSignedOff: true }]);
    expect(boxOf(report, '5.2')).toMatchObject({ answer: 'proved' });
  }));

test('an extension that a superuser only can make, and that nothing needs, is left out of copies and said so', () =>
  withCase('pg-stat-statements', {}, async (truthCase) => {
    await truthCase.superuser('CREATE EXTENSION pg_stat_statements');
    await truthCase.owner('CREATE TABLE zeta (id int PRIMARY KEY); INSERT INTO zeta VALUES (1)');
    await truthCase.migration('001_zeta_note.sql', {
      up: 'ALTER TABLE zeta ADD COLUMN note varchar(80);',
      down: 'ALTER TABLE zeta DROP COLUMN note;',
    });

    // Often enough not to be the first that the extension forgets when many databases share its 5,000 places.
    for (let times = 0; times < 50; times += 1) await truthCase.superuser('SELECT count(*) FROM zeta');

    const { ends, report } = await truthCase.run();

    expect(ends).toMatchObject([{ isSignedOff: true }]);
    expect(boxOf(report, '5.2')).toMatchObject({
      answer: 'proved',
      reason: expect.stringMatching(/goes without.*extension pg_stat_statements \(permission denied/),
    });
    expect(boxOf(report, '9.2')).toMatchObject({ answer: 'proved' });
    // Statements of the superuser's are hidden from the role.
    expect(boxOf(report, '16.3')).toMatchObject({
      answer: 'open',
      reason: expect.stringMatching(/may not see \d+ statements? of other roles.*GRANT pg_read_all_stats/),
    });
  }));

test('a role that may read all statistics compares the statements of all roles', () =>
  withCase('pg-stat-statements', {}, async (truthCase) => {
    await truthCase.superuser(`CREATE EXTENSION pg_stat_statements; GRANT pg_read_all_stats TO ${truthCase.role}`);
    await truthCase.owner('CREATE TABLE zeta (id int PRIMARY KEY); INSERT INTO zeta VALUES (1)');
    await truthCase.migration('001_zeta_note.sql', {
      up: 'ALTER TABLE zeta ADD COLUMN note varchar(80);',
      down: 'ALTER TABLE zeta DROP COLUMN note;',
    });

    const { ends, report } = await truthCase.run();

    expect(ends).toMatchObject([{ isSignedOff: true }]);
    expect(boxOf(report, '16.3')).toMatchObject({
      answer: 'open',
      reason: expect.stringMatching(/^the target was watched for only .* busiest statements? none takes more/),
    });
  }));
