--TEST--
Userland actions and strategies are asked once at send; what they throw comes out, what they return is checked
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{Action, AmiClientManager, CompletionStrategy, GenericAction, MultiEventStrategy, TimeoutBehavior};

final class MyAction implements Action
{
    public function __construct(private mixed $name, private mixed $parameters = [], private mixed $strategy = null) {}

    public function getName(): string
    {
        return ($this->name)();
    }

    public function getParameters(): array
    {
        return ($this->parameters)();
    }

    public function getCompletionStrategy(): ?CompletionStrategy
    {
        return $this->strategy;
    }
}
final class MyStrategy implements CompletionStrategy
{
    public static array $asked = [];

    public function __construct(private ?int $messages = null, private array $names = []) {}

    public function getMaxDurationMs(): ?int
    {
        self::$asked[] = __FUNCTION__;
        return 2000;
    }

    public function getMaxMessages(): ?int
    {
        self::$asked[] = __FUNCTION__;
        return $this->messages;
    }

    public function getTerminalEventNames(): array
    {
        self::$asked[] = __FUNCTION__;
        return $this->names;
    }

    public function getTimeoutBehavior(): TimeoutBehavior
    {
        self::$asked[] = __FUNCTION__;
        return TimeoutBehavior::Fail;
    }
}
$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$action = new MyAction(fn() => 'Ping', fn() => [], new MyStrategy());
$pending = $ami->send($action);
var_dump($pending->action === $action, $pending->await()['ping']);
sort(MyStrategy::$asked);
echo implode(' ', MyStrategy::$asked), "\n";
foreach ([
    new MyAction(fn() => throw new DomainException('from getName')),
    new MyAction(fn() => 'Ping', fn() => ["a\nb" => 'c']),
    new MyAction(fn() => 'Ping', fn() => [], new MyStrategy(0)),
    new MyAction(fn() => 'Ping', fn() => [], new MyStrategy(5, [1])),
    new GenericAction('CoreShowChannels', strategy: new MultiEventStrategy(maxMessages: 1)),
] as $wrong) {
    try {
        $ami->send($wrong)->await();
        echo "accepted\n";
    } catch (Exception $e) {
        echo $e::class, ': ', $e->getMessage(), "\n";
    }
}
var_dump($ami->health()['pbx1']->pendingActions);
?>

--EXPECT--
bool(true)
string(4) "Pong"
getMaxDurationMs getMaxMessages getTerminalEventNames getTimeoutBehavior
DomainException: from getName
Apn\AmiClient\Exception\InvalidActionException: action `Ping` is invalid: `a\nb` is no header name
Apn\AmiClient\Exception\InvalidActionException: completion strategy is invalid: maxMessages is 0, must be at least 1, or null
Apn\AmiClient\Exception\InvalidActionException: completion strategy is invalid: terminalEventNames must be a list of event names
Apn\AmiClient\Exception\ResponseTooLargeException: the answer of `pbx1` to action `CoreShowChannels` exceeds maxMessages (1)
int(0)
