// `/staff`, and `/p/{token}` of a cleaners' plate.

import { t } from '../i18n.js';
import { bar } from '../shell.js';

bar(t('title.staff'), { home: '/staff' });
