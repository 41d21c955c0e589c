--TEST--
Every method refuses arguments of a wrong type, too many, too few and unknown ones, and names what is wrong
--EXTENSIONS--
ami_client
--FILE--
<?php
declare(strict_types=1);

use Apn\AmiClient\Testing\FakeAsterisk;
use Apn\AmiClient\{AmiEvent, Gap, GenericAction, Response, ServerConfig};

$fake = new FakeAsterisk();
$ami = $fake->manager();
$ami->onGap(function (Gap $gap) use (&$objects): void {
    $objects[] = $gap;
});
$ami->connectAll(wait: 5.0);
$objects = [$fake, $ami, $ami->default(), $ami->send(new GenericAction('Ping')), $ami->onEvent('X', fn() => null), $ami->tick(), $ami->health()['pbx1'], $fake->call('pbx1', 'alice', 'bob')];
array_push($objects, AmiEvent::fromArray('pbx1', ['Event' => 'X']), Response::fromArray('pbx1', ['Response' => 'Success']));
$fake->dropSession('pbx1')->advance(60.0);
$extension = new ReflectionExtension('ami_client');
foreach ($extension->getClasses() as $class) {
    if ($class->isInstantiable() && !$class->isSubclassOf(Throwable::class) && !$class->implementsInterface(UnitEnum::class)) {
        $objects[] = match ($class->getShortName()) {
            'ServerConfig' => new ServerConfig('a', 'h', username: 'u', secret: 's'),
            'GenericAction' => new GenericAction('Ping'),
            'Glob' => $class->newInstance('*'),
            default => $class->newInstance(),
        };
    }
}

function wrong_value(ReflectionParameter $parameter): mixed
{
    return ltrim((string) $parameter->getType(), '?') === 'object' ? 1 : new class {};
}

function right_value(ReflectionParameter $parameter, string $method): mixed
{
    return match (ltrim((string) $parameter->getType(), '?')) {
        'string', 'array|string', 'array|string|int|float|bool', 'mixed' => 'X',
        'int' => 5038,
        'float' => 1.0,
        'bool' => true,
        'array' => $method === 'fromArray' ? ['Event' => 'X', 'Response' => 'Success'] : [],
        'callable' => fn() => null,
        'object' => new ArrayObject(),
        'callable|array', 'array|callable', 'Apn\AmiClient\ServerRegistry|array' => [],
        'Apn\AmiClient\Routing|callable' => Apn\AmiClient\Routing::RoundRobin,
        'Apn\AmiClient\ServerConfig' => new ServerConfig('a', 'h', username: 'u', secret: 's'),
        'Apn\AmiClient\Action' => new GenericAction('Ping'),
        'Apn\AmiClient\Testing\FakeCall' => (new FakeAsterisk())->call('pbx1', 'alice', 'bob'),
        default => $parameter->isDefaultValueAvailable() ? $parameter->getDefaultValue() : null,
    };
}

$calls = 0;
foreach ($objects as $object) {
    $class = new ReflectionClass($object);
    foreach ($class->getMethods(ReflectionMethod::IS_PUBLIC) as $method) {
        if ($method->isConstructor() && $object instanceof Throwable) {
            continue;
        }
        $name = "{$class->getShortName()}::{$method->name}";
        $call = match (true) {
            $method->isConstructor() => fn(mixed ...$arguments) => $class->newInstanceArgs($arguments),
            default => fn(mixed ...$arguments) => [$object, $method->name](...$arguments),
        };
        $expect = function (string $what, string $error, string $text, array $arguments) use ($call, $name, &$calls): void {
            $calls++;
            try {
                $call(...$arguments);
                echo "$name: $what: accepted\n";
            } catch (Throwable $thrown) {
                if ($thrown::class !== $error || !str_contains($thrown->getMessage(), $text)) {
                    echo "$name: $what: ", $thrown::class, ': ', $thrown->getMessage(), "\n";
                }
            }
        };
        $parameters = $method->getParameters();
        $good = array_map(fn(ReflectionParameter $parameter): mixed => right_value($parameter, $method->name), $parameters);
        $required = $method->getNumberOfRequiredParameters();
        foreach ($parameters as $index => $parameter) {
            if ((string) $parameter->getType() !== 'mixed') {
                $arguments = array_slice($good, 0, max($required, $index + 1));
                $arguments[$index] = wrong_value($parameter);
                $expect("\${$parameter->name}", TypeError::class, 'Argument #' . ($index + 1) . " (\${$parameter->name}) must be ", $arguments);
            }
        }
        $count = fn(string $most): string => ($required === count($good) ? 'exactly ' : "at $most ");
        if ($required > 0) {
            $expect('too few', ArgumentCountError::class, $count('least') . $required, array_slice($good, 0, $required - 1));
        }
        $expect('too many', ArgumentCountError::class, $count('most') . count($good), [...$good, 'more']);
        $expect('an unknown name', Error::class, 'Unknown named parameter $nonsense', [...array_slice($good, 0, $required), 'nonsense' => 1]);
    }
}
var_dump($calls > 300);
?>
--EXPECT--
bool(true)
