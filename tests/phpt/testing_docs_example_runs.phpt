--TEST--
The example of docs/testing-with-the-fake.md runs as it stands
--EXTENSIONS--
ami_client
--FILE--
<?php
preg_match('/```php\n(.*?)```/s', file_get_contents(__DIR__ . '/../../docs/testing-with-the-fake.md'), $found);
eval($found[1]);
?>
--EXPECT--
3 calls
from pbx2
hung up: PJSIP/alice-1
no complete answer from `pbx1` to action `CoreStatus` within 30.000 s: it may have run
ready again
pbx1 got QueueStatus
pbx2 got Getvar
pbx1 got CoreStatus
