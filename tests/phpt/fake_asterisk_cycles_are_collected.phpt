--TEST--
FakeAsterisk: the cycle collector frees fakes and managers that callables tie together, and a manager outlives its fake
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Testing\FakeAsterisk;

foreach ([
    'callable before the manager' => fn(FakeAsterisk $fake) => $fake->respond('X', fn() => [$fake]),
    'callable of all servers' => function (FakeAsterisk $fake): void {
        $ami = $fake->manager();
        $fake->respond('X', fn() => [$fake, $ami])->respond('Y', fn() => [$fake], 'pbx2');
    },
    'call' => function (FakeAsterisk $fake): void {
        $call = $fake->call('pbx1', 'alice', 'bob');
        $fake->respond('X', fn() => [$call]);
    },
    'listener' => fn(FakeAsterisk $fake) => $fake->manager()->onEvent('X', fn() => $fake),
    'connected' => function (FakeAsterisk $fake): void {
        $fake->respond('X', fn() => [$fake])->manager()->connectAll(wait: 5.0);
        $pending = $fake->manager()->send(new GenericAction('X'));
        $pending->onComplete(fn() => [$fake, $pending]);
    },
] as $name => $tie) {
    $fake = new FakeAsterisk(['pbx1', 'pbx2']);
    $tie($fake);
    $reference = WeakReference::create($fake);
    gc_collect_cycles();
    echo $name, ': ', $reference->get() === $fake ? 'kept' : 'LOST', ', ';
    unset($fake);
    gc_collect_cycles();
    echo $reference->get() === null ? 'freed' : 'LEAKED', "\n";
}

$ami = (new FakeAsterisk())->respond('X', fn() => ['Value' => 'alive'])->manager();
gc_collect_cycles();
$ami->connectAll(wait: 5.0);
echo $ami->send(new GenericAction('X'))->await()->get('Value'), "\n";

final class Answer
{
    public function __construct(private FakeAsterisk $fake) {}
    public function __invoke(): array { return []; }
    public function __destruct() { echo 'replaced, ', count($this->fake->sent()), " sent\n"; }
}
$fake = new FakeAsterisk();
$fake->respond('X', new Answer($fake))->respond('X', []);
?>
--EXPECT--
callable before the manager: kept, freed
callable of all servers: kept, freed
call: kept, freed
listener: kept, freed
connected: kept, freed
alive
replaced, 0 sent
