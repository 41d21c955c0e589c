--TEST--
A hundred scripts end at once and with exit code 0 while a lookup of each hangs
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/resolver_that_hangs.inc';

$resolver = new HangingResolver();
$endings = [];
for ($i = 0; $i < 100; $i++) {
    [$status, $said] = $resolver->php(<<<'PHP'
        <?php
        use Apn\AmiClient\{AmiClientManager, ServerConfig};

        $ami = new AmiClientManager([new ServerConfig('hangs', 'hangs.test', 5038, 'admin', 's3cret')]);
        $ami->server('hangs')->open();
        while (!file_exists(getenv('AMI_TEST_HANGING')) && $ami->server('hangs')->health()->lastDisconnect === null) {
            $ami->tick(1);
        }
        echo $ami->server('hangs')->health()->state->name;
        PHP);
    $endings["{$status} {$said}"] = ($endings["{$status} {$said}"] ?? 0) + 1;
}
// One that waited for its lookup would never end.
var_dump($endings);
?>

--EXPECT--
array(1) {
  ["0 Resolving"]=>
  int(100)
}
