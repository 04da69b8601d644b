/** Takes away what `prepare-faults.ts` made. */
import removeHome from './remove-home';
import stopPostgres from './stop-postgres';

export default async () => {
  await stopPostgres();
  await removeHome();
};
