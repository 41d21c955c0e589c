--TEST--
Programs may implement Action, CompletionStrategy, ActionSender and Pending; every sender of the extension is one
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Testing\FakeAsterisk;
use Apn\AmiClient\{Action, ActionSender, AmiClient, AmiClientManager, GenericAction, Pending, PendingAction, Response};

final class Remembered implements Pending
{
    public function __construct(private readonly Response $response) {}
    public function getActionId(): string { return 'remembered'; }
    public function getServerKey(): string { return $this->response->serverKey; }
    public function isFinished(): bool { return true; }
    public function onComplete(callable $callback): static { $callback(null, $this->response); return $this; }
    public function await(?float $timeout = null): Response { return $this->response; }
    public function getResponse(): ?Response { return $this->response; }
    public function getException(): ?Throwable { return null; }
    public function cancel(): bool { return false; }
}

final class Cache implements ActionSender
{
    private array $known = [];

    public function __construct(private readonly ActionSender $behind) {}

    public function send(Action $action): Pending
    {
        return new Remembered($this->known[$action->getName()] ??= $this->behind->send($action)->await());
    }
}

function uptime(ActionSender $ami): string
{
    $pending = $ami->send(new GenericAction('CoreStatus'));
    $pending->onComplete(fn(?Throwable $error, ?Response $response) => print("{$response['CoreCurrentCalls']} calls\n"));

    return $pending::class . ' ' . $pending->getServerKey() . ' ' . $pending->await(1.0)->get('CoreCurrentCalls');
}

$fake = new FakeAsterisk();
$fake->respond('CoreStatus', ['CoreCurrentCalls' => '7']);
$ami = $fake->manager();
$ami->connectAll(wait: 1.0);
$cache = new Cache($ami);
foreach ([$ami, $ami->default(), $cache, $cache] as $sender) {
    echo uptime($sender), "\n";
}
echo count($fake->sent()), " sent\n";
?>
--EXPECT--
7 calls
Apn\AmiClient\PendingAction pbx1 7
7 calls
Apn\AmiClient\PendingAction pbx1 7
7 calls
Remembered pbx1 7
7 calls
Remembered pbx1 7
3 sent
