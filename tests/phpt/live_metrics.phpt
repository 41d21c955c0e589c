--TEST--
metrics() has the live models: how much each holds, how far it can be trusted, and nothing of a server without one
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Live\{Kind, LiveOptions};
use Apn\AmiClient\Testing\FakeAsterisk;

function show(AmiClientManager $ami): void
{
    foreach ($ami->metrics() as $name => ['values' => $values]) {
        foreach (str_starts_with($name, 'ami_live_') ? $values : [] as ['labels' => $labels, 'value' => $value]) {
            if ($name !== 'ami_live_state' || $value === 1) {
                echo $name, ' ', implode(' ', $labels), ' ', $name === 'ami_live_bytes' ? ($value > 1_000) : $value, "\n";
            }
        }
    }
}

$fake = new FakeAsterisk(['pbx1', 'pbx2']);
$support = $fake->queue('pbx1', 'support', ['alice', 'bob']);
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
show($ami);
$families = array_filter($ami->metrics(), fn(string $name) => str_starts_with($name, 'ami_live_'), ARRAY_FILTER_USE_KEY);
echo count($families), " families without values\n";

$live = $ami->live(new LiveOptions(servers: ['pbx1'], kinds: [Kind::Queues], maxQueueEntries: 3));
$live->await(5.0);
$support->join('carol');
$support->join('dave');
$fake->advance(1.0);
show($ami);
$fake->dropSession('pbx1');
$ami->tick();
echo implode(' ', array_map(fn($sample) => implode(' ', $sample['labels']), array_filter($ami->metrics()['ami_live_state']['values'], fn($sample) => $sample['value'] === 1))), "\n";
?>
--EXPECT--
11 families without values
ami_live_calls pbx1 2
ami_live_channels pbx1 2
ami_live_bytes pbx1 1
ami_live_truncated pbx1 1
ami_live_events_total pbx1 6
ami_live_healed_total pbx1 0
ami_live_lost_total pbx1 0
ami_live_queues pbx1 1
ami_live_queue_members pbx1 2
ami_live_queue_callers pbx1 1
ami_live_state pbx1 calls current 1
ami_live_state pbx1 queues current 1
pbx1 calls stale pbx1 queues stale
