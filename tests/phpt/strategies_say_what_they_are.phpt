--TEST--
Each completion strategy says its data, and refuses limits below one
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Exception\InvalidActionException;
use Apn\AmiClient\{AsyncEventStrategy, FollowsResponseStrategy, MultiEventStrategy, SingleResponseStrategy, TimeoutBehavior};

foreach ([
    new SingleResponseStrategy(500),
    new FollowsResponseStrategy(),
    new MultiEventStrategy(['A', 'B'], 1000, 50, TimeoutBehavior::Partial),
    new AsyncEventStrategy(),
] as $strategy) {
    echo json_encode([
        $strategy::class,
        $strategy->getMaxDurationMs(),
        $strategy->getMaxMessages(),
        $strategy->getTerminalEventNames(),
        $strategy->getTimeoutBehavior(),
    ]), "\n";
}
foreach ([
    fn() => new SingleResponseStrategy(0),
    fn() => new FollowsResponseStrategy(-1),
    fn() => new MultiEventStrategy(maxMessages: 0),
    fn() => new MultiEventStrategy(['a' => 'x']),
    fn() => new AsyncEventStrategy([1]),
    fn() => new AsyncEventStrategy(['']),
] as $wrong) {
    try {
        $wrong();
    } catch (InvalidActionException $e) {
        echo $e->getMessage(), "\n";
    }
}
?>

--EXPECT--
["Apn\\AmiClient\\SingleResponseStrategy",500,null,[],"fail"]
["Apn\\AmiClient\\FollowsResponseStrategy",null,null,[],"fail"]
["Apn\\AmiClient\\MultiEventStrategy",1000,50,["A","B"],"partial"]
["Apn\\AmiClient\\AsyncEventStrategy",null,null,["OriginateResponse"],"fail"]
completion strategy is invalid: maxDurationMs is 0, must be at least 1, or null
completion strategy is invalid: maxDurationMs is -1, must be at least 1, or null
completion strategy is invalid: maxMessages is 0, must be at least 1, or null
completion strategy is invalid: terminalEventNames must be a list of event names
completion strategy is invalid: terminalEventNames must be a list of event names
completion strategy is invalid: terminalEventNames must be a list of event names
