"""What others use of the local stack: PostgreSQL and Kafka without a system install."""

from bellhop_local.stack.addresses import RunningServers, StackAddresses
from bellhop_local.stack.local_stack import LocalStack, StackOptions
from bellhop_local.stack.shared import shared_stack

__all__ = ["LocalStack", "RunningServers", "StackAddresses", "StackOptions", "shared_stack"]
