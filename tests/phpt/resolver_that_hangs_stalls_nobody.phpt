--TEST--
A resolver that hangs blocks no tick and no other server; connectTimeout ends the attempt
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';
require __DIR__ . '/resolver_that_hangs.inc';

$fake = new Fake();
$resolver = new HangingResolver();
[$status, $said] = $resolver->php(<<<'PHP'
    <?php
    use Apn\AmiClient\{AmiClientManager, ClientOptions, GenericAction, ServerConfig};

    $ami = new AmiClientManager([
        new ServerConfig('hangs', 'hangs.test', 5038, 'admin', 's3cret', new ClientOptions(connectTimeout: 2.0)),
        new ServerConfig('pbx1', '127.0.0.1', (int) $argv[1], 'admin', 's3cret'),
        new ServerConfig('named', 'localhost', (int) $argv[1], 'admin', 's3cret'),
    ]);
    $began = microtime(true);
    $longest = 0.0;
    $ami->server('hangs')->open();
    $ami->server('pbx1')->open();
    $ami->server('named')->open();
    $answers = 0;
    while ($ami->server('hangs')->health()->lastDisconnect === null && microtime(true) - $began < 10.0) {
        if ($answers < 2 && $ami->server('pbx1')->isReady() && $ami->server('named')->isReady()) {
            $answers += (int) ($ami->server('pbx1')->send(new GenericAction('Ping'))->await()['Ping'] === 'Pong');
            $answers += (int) ($ami->server('named')->send(new GenericAction('Ping'))->await()['Ping'] === 'Pong');
            echo 'answered while it hangs: ', json_encode($ami->server('hangs')->health()->lastDisconnect), "\n";
        }
        $before = microtime(true);
        $ami->tick(10);
        $longest = max($longest, microtime(true) - $before);
    }
    var_dump($answers, $longest < 1.0, microtime(true) - $began >= 2.0);
    var_dump($ami->server('hangs')->health()->lastDisconnect);
    PHP, (string) $fake->ports[0]);
echo $said;
var_dump($status);
?>

--EXPECT--
answered while it hangs: null
int(2)
bool(true)
bool(true)
enum(Apn\AmiClient\DisconnectReason::ConnectTimeout)
int(0)
